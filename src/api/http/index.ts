export { addDocumentRoutes } from './files/document-routes.ts';
export type { Readiness } from './health-routes.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';
export { outcomeOf, setResponseStatus } from './response-status.ts';
