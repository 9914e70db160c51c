import { afterAll, vi } from 'vitest';
import { pagesInFirmCustody } from './firm-custody.ts';

// The same tests, in browsers that are devices of the firm, with content that only they open. Files of one worker share modules.
pagesInFirmCustody();
// Each test makes its browsers devices first, and may wait for the lock of each as long as firm-custody.ts says.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
afterAll(() => pagesInFirmCustody(false));
await import('./workspace.soak.test.ts');
