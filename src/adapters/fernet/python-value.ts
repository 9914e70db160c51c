/** The only values that a pickle may hold. */
export type PythonValue =
	| { readonly is: 'None' }
	| { readonly is: 'bool'; readonly value: boolean }
	| { readonly is: 'int'; readonly value: bigint }
	| { readonly is: 'float'; readonly value: number }
	| { readonly is: 'str'; readonly value: string }
	| { readonly is: 'bytes'; readonly value: Uint8Array }
	/** In Python's notation, such as `1E+3` or `NaN`. */
	| { readonly is: 'Decimal'; readonly value: string }
	/** YYYY-MM-DD */
	| { readonly is: 'date'; readonly value: string }
	| PythonDateTime;

export interface PythonDateTime {
	readonly is: 'datetime';
	/** YYYY-MM-DDTHH:mm:ss, without a zone. */
	readonly value: string;
	readonly microseconds: number;
	/** Microseconds east of UTC; null without a zone. */
	readonly offset: number | null;
}

/** The bytes are not a pickle of one of these values. Nothing was executed. The message completes "refused because …" and holds no value. */
export class RefusedPickleError extends Error {
	override readonly name = 'RefusedPickleError';
}
