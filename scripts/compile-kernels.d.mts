export function compileKernels(folder: string, options?: { ifStale?: boolean; source?: string }): Promise<void>;
