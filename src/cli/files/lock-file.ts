import { acquireLock } from '../../local-files/index.ts';
import { throwWriteError } from './file-errors.ts';

/**
 * Keeps a second run on this machine from writing the same file. Returns a function that releases the lock.
 * @throws FirmsealError CONFLICT if another run holds the lock, BAD_USER_INPUT if the directory can't be written
 */
export const acquireLockFile = (path: string): Promise<() => Promise<void>> => acquireLock(path).catch(throwWriteError);
