import { embedded } from './own-servers.ts';
import { isSoak } from './scale.ts';
import { serverOfWorker } from './servers.ts';

const external = isSoak ? await serverOfWorker('external') : null;

/** The embedded server; in soak also one of the system, which is of another version. */
export const servers = external ? [embedded, external] : [embedded];
