import { inFirmCustody } from './scene.ts';

// The same tests, and the same documents, with content that only the firm’s devices open.
inFirmCustody();
await import('./apollo-pages.test.ts');
