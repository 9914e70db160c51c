import { OperationTypeNode } from 'graphql';
import type { ContentType } from './coordinate-types.ts';
import { type VariableValues, withDefaults } from './evaluate.ts';
import { findOperation, isRecord, ownValue } from './nodes.ts';
import type { CustodyOfClass, RecordToOpen, SealedValue } from './opener.ts';
import { ADDED, type PreparedDocument } from './prepare-query.ts';
import {
	claimsContent,
	contradictsId,
	contradictsType,
	type FieldOutcome,
	readField,
	readHead,
	type SourceObject,
} from './read-sealed.ts';
import { type Asked, contradictsThread, NOT_NAMED, passedOn, type RequestedBy } from './requested.ts';
import { type ObjectShape, type Position, rootPosition } from './shape.ts';

/** A path from its end to the top. */
interface Step {
	readonly key: string | number;
	readonly above: Step | null;
}

/** A content field of an object in the copy of the answer. */
export interface FieldTask {
	readonly field: string;
	/** Its response keys. */
	readonly keys: readonly string[];
	readonly outcome: FieldOutcome;
}

/** An object with content in the copy of the answer. */
export interface ObjectTask {
	readonly target: Record<string, unknown>;
	readonly type: string;
	readonly path: readonly (string | number)[];
	/** The index in `records`; null if nothing of the object can be opened. */
	readonly record: number | null;
	readonly fields: readonly FieldTask[];
}

/** An answer with what is to be opened. */
export interface CollectedAnswer {
	/** A copy of the answer in which all that is to be opened is null. Near content it has only what the document selects. */
	readonly data: unknown;
	readonly records: readonly RecordToOpen[];
	readonly tasks: readonly ObjectTask[];
	/** Paths of what is null in the copy because the service contradicts itself, or the schema, about a type or id. */
	readonly contradictions: readonly (readonly (string | number)[])[];
}

/** The request to which an answer belongs. */
export interface AnsweredRequest {
	readonly variables: VariableValues;
	readonly operationName: string | undefined;
	/** As the operation is a query or a mutation. */
	readonly requestedBy: RequestedBy;
}

interface Collecting {
	readonly custody: ReadonlyMap<string, CustodyOfClass>;
	readonly values: VariableValues;
	readonly requestedBy: RequestedBy;
	readonly records: RecordToOpen[];
	readonly tasks: ObjectTask[];
	readonly contradictions: (readonly (string | number)[])[];
}

/**
 * Finds what is to be opened in an answer. The answer may be hostile: whatever it is, this does not throw, and the copy has no content
 * of a sealed class, unless custody allows a value that the service opened itself.
 */
export function collectSealed(prepared: PreparedDocument, data: unknown, request: AnsweredRequest): CollectedAnswer {
	const operation = findOperation(prepared.original, request.operationName);
	const values = operation ? withDefaults(operation, request.variables) : {};
	const { custody } = prepared;
	const { requestedBy } = request;
	const state: Collecting = { custody, values, requestedBy, records: [], tasks: [], contradictions: [] };
	if (!prepared.opens) return { data, ...state };
	if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return { data: null, ...state };
	const type = operation.operation === OperationTypeNode.QUERY ? 'Query' : 'Mutation';
	const root = rootPosition(prepared.original, operation.selectionSet, type);
	return { data: copyObject(root, data, null, NOT_NAMED, state), ...state };
}

function copyValue(position: Position, value: unknown, step: Step, asked: Asked, state: Collecting): unknown {
	if (!Array.isArray(value)) return copyObject(position, value, step, asked, state);
	// No field of the schema has lists of lists, and a deep one would overflow the stack.
	return value.map((item, key) => copyObject(position, item, { key, above: step }, asked, state));
}

/** Null for what is no object. */
function copyObject(position: Position, source: unknown, step: Step | null, asked: Asked, state: Collecting): unknown {
	if (!isRecord(source)) return null;
	const shape = position.shapeFor(position.isAbstract ? ownValue(source, ADDED.type) : undefined);
	const custody = shape.content && state.custody.get(shape.content.class);
	// Also where the schema leaves no choice: a cache files the object under what it says of itself.
	const isOther = contradictsThread(asked, shape, source) || (custody && contradictsId(shape, source));
	if (isOther || contradictsType(shape, source)) {
		state.contradictions.push(pathOf(step));
		return null;
	}
	const copy: Record<string, unknown> = {};
	for (const [key, use] of shape.uses) {
		if (!Object.hasOwn(source, key)) continue;
		const value = source[key];
		if (use.kind === 'CONTENT' && custody) copy[key] = null;
		else if (use.kind === 'PLAIN' && claimsContent(value)) {
			state.contradictions.push(pathOf({ key, above: step }));
			copy[key] = null;
		} else if (use.kind !== 'OBJECT') copy[key] = value;
		else {
			const below = step === null ? state.requestedBy(use.field, state.values) : passedOn(asked, shape, source);
			copy[key] = copyValue(use.position, value, { key, above: step }, below, state);
		}
	}
	if (shape.content && custody)
		addTask(shape.content, { shape, source, copy, step, requested: asked.record, custody }, state);
	return copy;
}

interface CopiedObject {
	readonly shape: ObjectShape;
	readonly source: SourceObject;
	readonly copy: Record<string, unknown>;
	readonly step: Step | null;
	readonly requested: Asked['record'];
	readonly custody: CustodyOfClass;
}

function addTask(content: ContentType, object: CopiedObject, state: Collecting): void {
	const { shape, source, copy, requested, custody } = object;
	const { type } = shape;
	const head = readHead(content, source);
	const sealed: SealedValue[] = [];
	const fields: FieldTask[] = [];
	for (const [field, selected] of shape.contentKeys) {
		const keys = selected.filter((key) => Object.hasOwn(source, key));
		if (keys.length === 0) continue;
		const outcome = readField(type, field, keys, source, head, custody);
		if (outcome.kind === 'OPEN') sealed.push(outcome.sealed);
		if (outcome.kind === 'UNVERIFIED') for (const key of keys) copy[key] = source[key];
		fields.push({ field, keys, outcome });
	}
	if (fields.length === 0) return;
	const path = pathOf(object.step);
	const record = head && sealed.length > 0 ? state.records.length : null;
	state.tasks.push({ target: copy, type, path, record, fields });
	if (!head || record === null) return;
	const requestedId = requested && (requested.type ?? type) === type ? requested.id : null;
	state.records.push({ path, type, ...head, fields: sealed, requestedId });
}

function pathOf(step: Step | null): (string | number)[] {
	const path: (string | number)[] = [];
	for (let at = step; at; at = at.above) path.push(at.key);
	return path.reverse();
}
