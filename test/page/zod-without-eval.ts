import { config } from 'zod';

/** The policy of the page forbids eval, which zod tries for speed while schemas are made. The page itself has no zod. */
config({ jitless: true });
