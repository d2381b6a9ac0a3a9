/** Pixels around the picture. */
const MARGIN = 12;
/** Text drawn at most so many times larger than on the page. */
const LARGEST_SCALE = 3;

/**
 * One chart as it stands on the page, with the ruler above it: its canvases, its texts and the lines through it, as a PNG.
 * @param rows elements of the page from top to bottom, each drawn in full, even where it is scrolled out of sight
 * @param lines elements that are lines through all rows: markers, now, crosshair
 */
export async function chartPicture(rows: readonly HTMLElement[], lines: readonly HTMLElement[], background: string): Promise<Uint8Array> {
  const boxes = rows.map((row) => row.getBoundingClientRect());
  const width = Math.max(...boxes.map((box) => box.width)) + 2 * MARGIN;
  const height = boxes.reduce((sum, box) => sum + box.height, 2 * MARGIN);
  const scale = Math.min(LARGEST_SCALE, Math.max(2, devicePixelRatio || 1));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser has no canvas.');
  context.scale(scale, scale);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  let top = MARGIN;
  rows.forEach((row, i) => {
    const box = boxes[i] as DOMRect;
    context.save();
    context.translate(MARGIN - box.left, top - box.top);
    drawRow(context, row);
    // The first row is the ruler; lines begin below it.
    if (i > 0) for (const line of lines) drawLine(context, line, box);
    context.restore();
    top += box.height;
  });
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (blob === null) throw new Error('The picture is too large.');
  return new Uint8Array(await blob.arrayBuffer());
}

function drawRow(context: CanvasRenderingContext2D, row: HTMLElement): void {
  for (const element of row.querySelectorAll<HTMLElement>('*')) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || style.visibility === 'hidden' || element.closest('.hidden, button.icon-button, select, input') !== null) continue;
    if (element instanceof HTMLCanvasElement) context.drawImage(element, box.left, box.top, box.width, box.height);
    else drawBackground(context, box, style);
    for (const node of element.childNodes) if (node instanceof Text) drawText(context, node, style);
  }
}

function drawBackground(context: CanvasRenderingContext2D, box: DOMRect, { backgroundColor }: CSSStyleDeclaration): void {
  context.fillStyle = backgroundColor;
  context.fillRect(box.left, box.top, box.width, box.height);
}

function drawText(context: CanvasRenderingContext2D, node: Text, style: CSSStyleDeclaration): void {
  const text = node.data.trim();
  if (text === '') return;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = 'middle';
  context.fillText(text, box.left, (box.top + box.bottom) / 2, box.width + 1);
}

function drawLine(context: CanvasRenderingContext2D, line: HTMLElement, row: DOMRect): void {
  const style = getComputedStyle(line);
  const left = line.getBoundingClientRect().left;
  context.globalAlpha = Number(style.opacity);
  context.fillStyle = style.backgroundColor === 'rgba(0, 0, 0, 0)' ? style.borderLeftColor : style.backgroundColor;
  context.fillRect(left, row.top, 1, row.height);
  context.globalAlpha = 1;
}
