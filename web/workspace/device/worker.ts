import { serveVault } from '../../../src/client/worker/serve-vault.ts';

serveVault(self);
