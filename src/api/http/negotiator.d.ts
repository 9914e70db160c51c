/** The package has no types of its own. */
declare module 'negotiator' {
	export default class Negotiator {
		constructor(request: { readonly headers: { readonly accept: string } });
		/** The one that the client prefers; undefined: it takes none. */
		mediaType(available: readonly string[]): string | undefined;
	}
}
