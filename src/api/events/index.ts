export { EventFeed } from './event-feed.ts';
export { addEventRoute } from './event-route.ts';
export { createFirmReader, createOperatorReader } from './read-events.ts';
