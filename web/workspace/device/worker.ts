import { serveVault } from '../../../src/client/worker/serve-vault.ts';

// The policy of a worker lets it reach no network, so its page tells it which release they are of.
serveVault(self, { release: self.name });
