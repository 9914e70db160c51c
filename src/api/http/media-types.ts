import Negotiator from 'negotiator';

/** The media types of GraphQL over HTTP, as Apollo Server writes them. */
const RESPONSE = 'application/graphql-response+json; charset=utf-8';
const JSON_RESPONSE = 'application/json; charset=utf-8';

/** Whether an Accept header allows a JSON answer at all. */
export const acceptsJsonResponse = (accept: string | undefined): boolean => !accept || preferred(accept) !== undefined;

/**
 * Whether a client prefers application/json over the newer type. Such a client attributes any other status than 200 to an intermediary
 * (GraphQL over HTTP, "application/json").
 */
export const prefersLegacyJson = (accept: string | undefined): boolean =>
	accept !== undefined && preferred(accept) === JSON_RESPONSE;

/** The media type for our own answers: the same choice as Apollo's. */
export const responseMediaType = (accept: string | undefined): string =>
	(accept === undefined ? undefined : preferred(accept)) ?? JSON_RESPONSE;

/** The newer type if the client accepts both equally. */
const preferred = (accept: string): string | undefined =>
	new Negotiator({ headers: { accept } }).mediaType([RESPONSE, JSON_RESPONSE]);
