/** What a pickle may hold, and nothing besides. */
export type PythonValue =
	| { readonly is: 'None' }
	| { readonly is: 'bool'; readonly value: boolean }
	| { readonly is: 'int'; readonly value: bigint }
	| { readonly is: 'float'; readonly value: number }
	| { readonly is: 'str'; readonly value: string }
	| { readonly is: 'bytes'; readonly value: Uint8Array }
	/** As Python writes it, such as `1E+3` or `NaN`. */
	| { readonly is: 'Decimal'; readonly value: string }
	/** YYYY-MM-DD */
	| { readonly is: 'date'; readonly value: string }
	| PythonDateTime;

export interface PythonDateTime {
	readonly is: 'datetime';
	/** YYYY-MM-DDTHH:mm:ss, without a zone. */
	readonly value: string;
	readonly microseconds: number;
	/** East of UTC, in microseconds; null: it says no zone. */
	readonly offset: number | null;
}

/** It is no pickle of one of these values: nothing of it was carried out. `reason` holds no value. */
export class RefusedPickleError extends Error {
	override readonly name = 'RefusedPickleError';
}
