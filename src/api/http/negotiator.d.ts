/** The package ships no types. */
declare module 'negotiator' {
	export default class Negotiator {
		constructor(request: { readonly headers: Readonly<Record<string, string | string[] | undefined>> });
		/** The type that the client prefers; undefined if the client accepts none. */
		mediaType(available: readonly string[]): string | undefined;
		/** The encoding that the client prefers. */
		encoding(available: readonly string[]): string | undefined;
	}
}
