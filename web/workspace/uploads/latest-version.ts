interface Version {
	readonly id: string;
	readonly number: number;
	readonly byteSize: number | null;
	readonly author: { readonly id: string } | null;
}

/** The latest version with a file; undefined if there is none. */
export const latestOf = <V extends Version>(versions: readonly V[]): V | undefined =>
	versions.filter(({ byteSize }) => byteSize !== null).toSorted((one, other) => other.number - one.number)[0];

/** The person's own version that waits for a file: the API puts their next file there. */
export const waitingOf = <V extends Version>(versions: readonly V[], person: string): V | undefined =>
	versions
		.filter(({ byteSize, author }) => byteSize === null && author?.id === person)
		.toSorted((one, other) => one.number - other.number)[0];
