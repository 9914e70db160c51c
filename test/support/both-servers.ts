import { embedded } from './own-servers.ts';
import { isSoak } from './scale.ts';
import { serverOfWorker } from './servers.ts';

const external = isSoak ? await serverOfWorker('external') : null;

/** The embedded server and, in soak, also the system's PostgreSQL of another version. */
export const servers = external ? [embedded, external] : [embedded];
