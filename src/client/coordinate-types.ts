import type { ValueType } from '../envelope/index.ts';

/** A content field, as `@encrypted` and its column bind it. */
export interface ContentCoordinate {
	readonly column: string;
	readonly type: ValueType;
	/** Values are padded to a multiple of this many bytes; 0: no padding. */
	readonly pad: number;
	/** True for a value that only the service writes, such as where a file is stored. */
	readonly isServerMade?: true;
}

/** An object type with content. */
export interface ContentType {
	readonly table: string;
	readonly class: string;
	/** By the name of the field, in the order of the schema. */
	readonly fields: Readonly<Record<string, ContentCoordinate>>;
	/** The field that leads to the thread, for a type that is sealed under its thread's key. */
	readonly thread?: string;
}

export type WriteKind = 'CREATE' | 'UPDATE';

/** An input type that writes content. */
export interface ContentInput {
	readonly type: string;
	readonly kind: WriteKind;
	/** Arguments with content. Each has the name of the field that it writes. */
	readonly content: readonly string[];
	/** All other arguments, except lists of rows. They are sent as they are. */
	readonly metadata: readonly string[];
	/** Arguments that are lists of rows of another type, with their input type. */
	readonly lists?: Readonly<Record<string, string>>;
	/** Content arguments that take the value of another one if they have none. */
	readonly copies?: Readonly<Record<string, string>>;
	/** The argument that names the thread. */
	readonly thread?: string;
}

/** A mutation that writes content. */
export interface ContentMutation {
	/** The name of the argument with the input. */
	readonly argument: string;
	readonly input: string;
}
