export function compileKernels(folder: string, options?: { ifStale?: boolean }): Promise<void>;
