import { afterAll } from 'vitest';
import { inFirmCustody } from './scene.ts';

// The same tests, and the same documents, with content that only the firm’s devices open. Files of one worker share the scene’s module.
inFirmCustody();
afterAll(() => inFirmCustody(false));
await import('./apollo-writes.test.ts');
