import Negotiator from 'negotiator';

/** The media types of GraphQL over HTTP, as Apollo Server writes them. */
const RESPONSE = 'application/graphql-response+json; charset=utf-8';
const JSON_RESPONSE = 'application/json; charset=utf-8';

/** Whether an Accept header lets the answer be JSON at all. */
export const acceptsJsonResponse = (accept: string | undefined): boolean => !accept || preferred(accept) !== undefined;

/**
 * Whether a client asks by name for application/json rather than for the newer type. Such clients take any other status
 * than 200 for an answer of something in between (GraphQL over HTTP, "application/json").
 */
export const prefersLegacyJson = (accept: string | undefined): boolean =>
	accept !== undefined && preferred(accept) === JSON_RESPONSE;

/** For an answer of our own: the one that Apollo would take. */
export const responseMediaType = (accept: string | undefined): string =>
	(accept === undefined ? undefined : preferred(accept)) ?? JSON_RESPONSE;

/** The newer one where the client takes both alike. */
const preferred = (accept: string): string | undefined =>
	new Negotiator({ headers: { accept } }).mediaType([RESPONSE, JSON_RESPONSE]);
