import { afterAll } from 'vitest';
import { pagesInFirmCustody } from './firm-custody.ts';

// The same tests, in browsers that are devices of the firm, with content that only they open. Files of one worker share modules.
pagesInFirmCustody();
afterAll(() => pagesInFirmCustody(false));
await import('./workspace.soak.test.ts');
