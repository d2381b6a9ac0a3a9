import type { Page } from 'playwright-core';

/** Pictures are compared in squares of so many pixels, so that the smoothing of letters and lines does not count. */
const SQUARE = 8;
/** A square differs where the mean of a colour channel is further apart than this, of 255. */
const CHANNEL_TOLERANCE = 24;

export interface Likeness {
  /** Both have the same width and height. */
  sameSize: boolean;
  /** Share of the squares that differ. */
  different: number;
}

/** Compares two PNGs in the browser, which can read them; `page` is any page without a policy, for example about:blank. */
export function compareInPage(page: Page, expected: Buffer, actual: Buffer): Promise<Likeness> {
  return page.evaluate(
    async ([a, b, square, tolerance]) => {
      const pixels = async (base64: string) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
        context?.drawImage(image, 0, 0);
        return context?.getImageData(0, 0, image.width, image.height) ?? new ImageData(1, 1);
      };
      const [one, two] = await Promise.all([pixels(a), pixels(b)]);
      if (one.width !== two.width || one.height !== two.height) return { sameSize: false, different: 1 };
      const mean = (image: ImageData, left: number, top: number, channel: number) => {
        let sum = 0;
        for (let y = top; y < top + square; y++) for (let x = left; x < left + square; x++) sum += image.data[4 * (y * image.width + x) + channel] ?? 0; // prettier-ignore
        return sum / square ** 2;
      };
      let [squares, different] = [0, 0];
      for (let top = 0; top + square <= one.height; top += square)
        for (let left = 0; left + square <= one.width; left += square) {
          squares++;
          if ([0, 1, 2].some((channel) => Math.abs(mean(one, left, top, channel) - mean(two, left, top, channel)) > tolerance)) different++;
        }
      return { sameSize: true, different: different / squares };
    },
    [expected.toString('base64'), actual.toString('base64'), SQUARE, CHANNEL_TOLERANCE] as const,
  );
}
