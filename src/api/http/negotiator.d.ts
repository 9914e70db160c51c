/** The package ships no types. */
declare module 'negotiator' {
	export default class Negotiator {
		constructor(request: { readonly headers: { readonly accept: string } });
		/** The type that the client prefers; undefined if the client accepts none. */
		mediaType(available: readonly string[]): string | undefined;
	}
}
