/** Fits a canvas to its box in device pixels, clears it and returns a context in device pixels; null while it has no size. */
export function openCanvas(
  canvas: HTMLCanvasElement,
): { context: CanvasRenderingContext2D; width: number; height: number; ratio: number } | null {
  const ratio = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  const context = canvas.getContext('2d');
  if (width === 0 || height === 0 || context === null) return null;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}
