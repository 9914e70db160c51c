export { hasDataDirectory, makeDataDirectory } from './data-directory.ts';
export { KeptDirectory } from './kept-directory.ts';
export { type NamedProcess, runsInShell, thisProcess } from './live-process.ts';
export { acquireLock } from './lock-file.ts';
export { makeDirectory } from './make-directory.ts';
export { createOwnerOnly, readOwnerOnly, replaceOwnerOnly, syncDirectory } from './owner-only-file.ts';
export { readOrCreateRootKey } from './root-key-file.ts';
export { isUnfinished, nullIfAbsent, OWNER_ONLY_FILE, unfinishedPathIn } from './unfinished-file.ts';
