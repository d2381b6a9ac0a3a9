/** Codes of the errors users can meet. Never match on the text. */
export type ErrorCode =
  | 'config-not-found'
  | 'config-syntax'
  | 'config-invalid'
  | 'data-not-found'
  | 'data-invalid'
  | 'model-invalid'
  | 'shape-mismatch'
  | 'engine-unavailable'
  | 'arguments'
  | 'untrusted'
  | 'search-running'
  | 'trainer-crashed'
  | 'run-not-found'
  | 'run-invalid'
  | 'internal';

export interface ErrorPlace {
  /** File the error is in, as the user wrote it or absolute. */
  file?: string;
  /** 1-based. */
  line?: number;
  /** 1-based. */
  column?: number;
  /** Config path of the key, for example ["training", "optimizer", "learningRate"]. */
  path?: readonly (string | number)[];
}

/** An error meant for the user: a code, one sentence, the place, and what to do. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    /** What is wrong, one sentence. */
    message: string,
    /** What the user can do about it, one sentence. */
    readonly action: string,
    readonly place: ErrorPlace = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static is(error: unknown, code?: ErrorCode): error is AppError {
    return error instanceof AppError && (code === undefined || error.code === code);
  }

  /** `file:line:column: message action`, the form terminals make clickable. */
  format(): string {
    const { file, line, column } = this.place;
    const at = file === undefined ? '' : [file, line, column].filter((x) => x !== undefined).join(':') + ': ';
    return `${at}${this.message} ${this.action}`.trim();
  }

  toJSON(): ErrorData {
    return { code: this.code, message: this.message, action: this.action, place: this.place };
  }

  static fromJSON(data: ErrorData): AppError {
    return new AppError(data.code, data.message, data.action, data.place);
  }
}

/** An AppError as plain data, for the process boundary and `--json`. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  action: string;
  place: ErrorPlace;
}
