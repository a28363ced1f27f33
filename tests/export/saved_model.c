/* Runs serve_uint8 of a SavedModel by TensorFlow's C API alone: saved_model DIR IN.raw HEIGHT WIDTH CHANNELS OUT.raw */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tensorflow/c/c_api.h"

static void check(TF_Status *status) {
  if (TF_GetCode(status) != TF_OK) {
    fprintf(stderr, "%s\n", TF_Message(status));
    exit(1);
  }
}

int main(int count, char **args) {
  if (count != 7) return 2;
  int64_t shape[4] = {1, atoll(args[3]), atoll(args[4]), atoll(args[5])};
  size_t size = (size_t)(shape[1] * shape[2] * shape[3]);
  TF_Status *status = TF_NewStatus();
  TF_Graph *graph = TF_NewGraph();
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *tags[] = {"serve"};
  TF_Session *session = TF_LoadSessionFromSavedModel(options, NULL, args[1], tags, 1, graph, NULL, status);
  check(status);
  TF_Tensor *image = TF_AllocateTensor(TF_UINT8, shape, 4, size);
  FILE *file = fopen(args[2], "rb");
  if (!file || fread(TF_TensorData(image), 1, size, file) != size) return 3;
  fclose(file);
  TF_Output input = {TF_GraphOperationByName(graph, "serve_uint8_image"), 0};
  /* The names under which TensorFlow saves a signature's calls; outputs in order of the signatures' names. */
  TF_Output output = {TF_GraphOperationByName(graph, getenv("OUTPUT_NAME")), atoi(getenv("OUTPUT_INDEX"))};
  if (!input.oper || !output.oper) return 4;
  TF_Tensor *restored = NULL;
  TF_SessionRun(session, NULL, &input, &image, 1, &output, &restored, 1, NULL, 0, NULL, status);
  check(status);
  if (TF_TensorByteSize(restored) != size) return 5;
  file = fopen(args[6], "wb");
  fwrite(TF_TensorData(restored), 1, size, file);
  return fclose(file);
}
