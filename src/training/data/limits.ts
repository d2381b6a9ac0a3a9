/*
 * Stated limits of the data room. They keep a wrong or hostile file from filling the memory, and lie well above what
 * a net trained on a CPU needs.
 */

/** Largest text or binary file that is read. Unit: bytes. Node reads at most 2 GiB at once. */
export const MAX_FILE_BYTES = 2 ** 31 - 1;
/** Largest .json file: it is held as one string, and V8 ends those at about 512 MiB. Unit: bytes. */
export const MAX_JSON_BYTES = 400 * 2 ** 20;
/** Largest unpacked size of one array of an .npz or one column page of a .parquet (guards against zip bombs). Unit: bytes. */
export const MAX_UNPACKED_BYTES = 2 ** 30;
/** Most numbers of the prepared inputs or targets: 2^28 float32 are 1 GiB. */
export const MAX_VALUES = 2 ** 28;
/** Most different texts of one feature column: each becomes an input of its own. */
export const MAX_CATEGORIES = 1000;
/** Most classes of a target. */
export const MAX_CLASSES = 10_000;
/** Longest row of a .csv or .tsv. Unit: characters. */
export const MAX_CSV_ROW_LENGTH = 16 * 2 ** 20;
/** Most axes of an array, as in NumPy before 2. */
export const MAX_AXES = 32;
