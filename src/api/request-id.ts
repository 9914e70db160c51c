import { AsyncLocalStorage } from 'node:async_hooks';
import { v7 } from 'uuid';

const requestIds = new AsyncLocalStorage<string>();

/** A request id, UUIDv7: always made here, whatever X-Request-Id a client sends. */
export const generateRequestId = (): string => v7();

/** Runs `work` as part of a request, so that what formats its errors can name it. */
export const withRequestId = <T>(requestId: string, work: () => T): T => requestIds.run(requestId, work);

/** The id of the request being answered; undefined outside of one. */
export const currentRequestId = (): string | undefined => requestIds.getStore();
