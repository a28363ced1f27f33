// Overlapping tiles along one axis, with weights that blend them without a seam: as tfgan_zoo.ops.tiles.

/** Extents {start, stop, weights} that cover `length`, each sharing `overlap` with the next. */
export function spans(length, tile, overlap, margin) {
  if (length <= tile) return [{ start: 0, stop: length, weights: new Float32Array(length).fill(1) }];
  const starts = [];
  for (let start = 0; start < length - overlap; start += tile - overlap) starts.push(start);
  const ramp = overlap - 2 * margin;
  const rise = Float32Array.from({ length: overlap }, (_, i) => Math.min(1, Math.max(0, (i - margin + 0.5) / ramp)));
  return starts.map((start, number) => {
    const stop = Math.min(start + tile, length);
    const weights = new Float32Array(stop - start).fill(1);
    for (let i = 0; i < overlap; i++) {
      if (number > 0) weights[i] *= rise[i];
      if (number < starts.length - 1) weights[weights.length - 1 - i] *= rise[i];
    }
    return { start, stop, weights };
  });
}

/** Side, margin and overlap of a file's tiles, from what its metadata say of the network. */
export function layout(about, side) {
  const grid = Math.max(about.minimum_side, 8);
  const most = Math.floor(Math.floor((Math.floor((side - grid) / 2) - 16) / 2) / grid) * grid;
  if (most <= 0) throw new Error(`the file takes ${side} pixels: too few for tiles that overlap`);
  const margin = Math.ceil(Math.min(about.tile_margin, most) / grid) * grid;
  // Tiles begin where the network's strides fall on the same pixels as in the whole.
  return { margin, overlap: 2 * margin + Math.max(grid, 16), side: Math.floor(side / grid) * grid };
}
