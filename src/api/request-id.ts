import { AsyncLocalStorage } from 'node:async_hooks';
import { v7 } from 'uuid';

const requestIds = new AsyncLocalStorage<string>();

/** A request id, UUIDv7, always made by the server; a client's X-Request-Id is ignored. */
export const generateRequestId = (): string => v7();

/** Runs `work` with the request's id in context, so that the code that formats errors can name it. */
export const withRequestId = <T>(requestId: string, work: () => T): T => requestIds.run(requestId, work);

/** The id of the current request; undefined outside of one. */
export const currentRequestId = (): string | undefined => requestIds.getStore();
