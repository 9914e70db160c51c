export { cutBody, leaveBody, liftBodyDeadline } from './body-deadline.ts';
export { allowOrigins } from './cross-origin.ts';
export { type DemoPeople, openDemo } from './demo-tokens.ts';
export type { Readiness } from './health-routes.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';
export { assertCanListen } from './listen-error.ts';
export { problemOf } from './problem.ts';
export { sendProblem } from './refuse.ts';
export { outcomeOf, setResponseStatus } from './response-status.ts';
