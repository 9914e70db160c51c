import { serveVault } from '../../../src/client/worker/index.ts';

/* The worker of the browser tests. */
serveVault(globalThis as unknown as Parameters<typeof serveVault>[0]);
