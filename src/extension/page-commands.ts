import * as z from 'zod';
import { PAGE_METRICS } from '../telemetry/page-frames.js';
import type { PageCommand } from '../telemetry/page-protocol.js';

const uri = z.string().max(4096).optional();
const run = z.string().max(256);
/** One kind of fix, or two joined. */
const fix = z
  .string()
  .regex(/^[a-z0-9-]+(\+[a-z0-9-]+)*$/)
  .max(128);

/** Size a page may ask to save: a million rows of a chart with a few columns. */
const MAX_FILE_BYTES = 256 * 2 ** 20;
/** A name without folders. */
const fileName = z
  .string()
  .max(120)
  .regex(/^[\w][\w .-]*\.(png|csv)$/);
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A picture must be one, and a table text: the name says which. */
const savedFile = z
  .strictObject({ type: z.literal('saveFile'), name: fileName, content: z.union([z.string(), z.instanceof(Uint8Array)]) })
  .refine(({ content }) => content.length <= MAX_FILE_BYTES)
  .refine(({ name, content }) => (typeof content === 'string' ? name.endsWith('.csv') : name.endsWith('.png') && isPng(content)));

function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
}

const pageCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), metric: z.enum(PAGE_METRICS).optional() }),
  z.strictObject({ type: z.literal('train'), uri }),
  z.strictObject({ type: z.literal('check'), uri }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('step') }),
  z.strictObject({ type: z.literal('rollback') }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('applyLive'), fix, from: z.enum(['now', 'healthy']) }),
  z.strictObject({ type: z.literal('reveal'), path: z.array(z.union([z.string().max(256), z.number().int().nonnegative()])).max(64) }),
  z.strictObject({ type: z.literal('applyFix'), fix, retrain: z.boolean() }),
  z.strictObject({ type: z.literal('findFix') }),
  z.strictObject({ type: z.literal('previewFix'), fix }),
  z.strictObject({ type: z.literal('cancelFindFix') }),
  z.strictObject({ type: z.literal('openRun'), run }),
  z.strictObject({ type: z.literal('compareRun'), run: run.nullable() }),
  z.strictObject({ type: z.literal('renameRun'), run }),
  z.strictObject({ type: z.literal('deleteRun'), run }),
  z.strictObject({ type: z.literal('exportReport') }),
  z.strictObject({ type: z.literal('showLog') }),
  savedFile,
  z.strictObject({ type: z.literal('newConfig') }),
]);

/** A command of the page, checked: it comes from a webview. Null where it is none. */
export function readPageCommand(message: unknown): PageCommand | null {
  const result = pageCommand.safeParse(message);
  return result.success ? result.data : null;
}
