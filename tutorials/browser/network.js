// A TFLite file that tfgan_zoo exported, at work in the browser: nothing leaves this page.

import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";
import { layout, spans } from "./tiles.js";

let started = null;

/** Loads FILE.tflite and, beside it, FILE.tflite.json, which says what goes in and comes out. */
export async function load(url) {
  started ??= loadLiteRt(new URL("./node_modules/@litertjs/core/wasm/", import.meta.url).href);
  await started;
  const answer = await fetch(`${url}.json`);
  if (!answer.ok) throw new Error(`${url}.json is missing: it says what the file takes`);
  const about = await answer.json();
  const model = await loadAndCompile(url, { accelerator: "wasm" });
  const inputs = Object.fromEntries(model.getInputDetails().map((detail) => [detail.name, detail]));
  return { about, model, inputs };
}

const LEVELS = { uint8: [Uint8Array, 0, 255], int8: [Int8Array, -128, 127], int16: [Int16Array, -32768, 32767] };

/** Numbers in the type of an input: levels by the scale that the metadata give, or as they are. */
function typed(values, dtype, { scale = 1, zero_point: zero = 0 }) {
  if (dtype === "int32") return Int32Array.from(values);
  if (!(dtype in LEVELS)) return Float32Array.from(values);
  const [Levels, least, most] = LEVELS[dtype];
  return Levels.from(values, (x) => Math.min(most, Math.max(least, Math.round(x / scale) + zero)));
}

/** Runs the file once on floats by name; frees what it made. */
async function run(network, values) {
  const given = {};
  for (const [name, detail] of Object.entries(network.inputs)) {
    const value = values[name];
    given[name] = new Tensor(typed(value, detail.dtype, network.about.inputs[name]), [...detail.shape]);
  }
  const outputs = await network.model.run(given);
  const [name, tensor] = Object.entries(outputs)[0];
  // Levels are numbers by the scale that the metadata give.
  const { scale = 1, zero_point: zero = 0 } = network.about.outputs[name];
  const result = Float32Array.from(await tensor.data(), (x) => scale * (x - zero));
  for (const made of [...Object.values(given), ...Object.values(outputs)]) made.delete();
  return { name, data: result };
}

/**
 * Restores a colour photo of any size in tiles.
 *
 * @param network of `load`, for restoration.
 * @param pixels RGB, row by row, floats in [0, 1].
 * @param sigma in 8-bit levels, for files that take one.
 * @param progress called with the share that is done.
 */
export async function restore(network, pixels, width, height, sigma, progress = () => {}) {
  const { channels, scale } = network.about;
  const [, high, wide] = network.inputs.image.shape;
  const { margin, overlap, side } = layout(network.about, Math.min(high, wide));
  const rows = spans(height, side, overlap, margin);
  const columns = spans(width, side, overlap, margin);
  const result = new Float32Array(scale * width * scale * height * 3);
  let done = 0;
  for (const row of rows) {
    for (const column of columns) {
      // A gray network restores each colour on its own.
      for (let first = 0; first < 3; first += channels) {
        const tile = cut(pixels, width, row, column, high, wide, first, channels);
        const { data } = await run(network, { image: tile, sigma: [sigma] });
        paste(result, data, { row, column, wide, scale, first, channels, width });
      }
      progress(++done / (rows.length * columns.length));
      // The page is painted only between tasks, and the runtime makes none of its own.
      await new Promise((painted) => setTimeout(painted));
    }
  }
  return { pixels: result, width: scale * width, height: scale * height };
}

/** The tile's pixels, mirrored on to the file's size. */
function cut(pixels, width, row, column, high, wide, first, channels) {
  const tile = new Float32Array(high * wide * channels);
  const [rows, columns] = [row.stop - row.start, column.stop - column.start];
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const from = ((row.start + mirrored(y, rows)) * width + column.start + mirrored(x, columns)) * 3 + first;
      for (let c = 0; c < channels; c++) tile[(y * wide + x) * channels + c] = pixels[from + c];
    }
  }
  return tile;
}

function mirrored(i, size) {
  const folded = i % (2 * size);
  return folded < size ? folded : 2 * size - 1 - folded;
}

/** Adds a restored tile, weighted. */
function paste(result, data, { row, column, wide, scale, first, channels, width }) {
  for (let y = 0; y < scale * (row.stop - row.start); y++) {
    for (let x = 0; x < scale * (column.stop - column.start); x++) {
      const weight = row.weights[Math.floor(y / scale)] * column.weights[Math.floor(x / scale)];
      const to = ((scale * row.start + y) * scale * width + scale * column.start + x) * 3 + first;
      const from = (y * scale * wide + x) * channels;
      for (let c = 0; c < channels; c++) result[to + c] += weight * data[from + c];
    }
  }
}

/** Makes one image, RGB floats in [0, 1]; of a label and a colour where the network takes them. */
export async function generate(network, { seed, label, color }) {
  const { shape, latent } = network.about;
  const { data } = await run(network, { latent: normal(latent, seed), label: [label], color });
  const [height, width, channels] = shape;
  const pixels = new Float32Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = data[i * channels + (channels === 3 ? c : 0)];
  }
  return { pixels, width, height };
}

/** Standard normal numbers of a seed (Box and Muller 1958, of mulberry32); not those that Python draws. */
function normal(count, seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float32Array.from({ length: count ?? 0 }, () =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}
