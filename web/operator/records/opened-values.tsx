import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { type ReactNode, useEffect } from 'react';
import { useContentQuery } from '../../kit/content/index.ts';
import { type OwnLease, useLeaseUse } from '../lease-in-use/index.ts';

/** One value of one record. */
export interface OpenedValue {
	readonly id: string;
	/** Such as Note.title. */
	readonly coordinate: string;
	readonly value: string | null;
}

/** A registered operation that reads content, and where its answer has the values. */
export interface Reading {
	readonly document: TypedDocumentNode<unknown>;
	readonly variables: OperationVariables;
	readonly valuesOf: (data: unknown) => readonly OpenedValue[];
}

/** Makes a reading whose parts fit each other. */
export const readingOf = <Data, Variables extends OperationVariables>(
	document: TypedDocumentNode<Data, Variables>,
	variables: NoInfer<Variables>,
	valuesOf: (data: NoInfer<Data>) => readonly OpenedValue[],
): Reading => ({
	document: document as TypedDocumentNode<unknown>,
	variables,
	valuesOf: valuesOf as Reading['valuesOf'],
});

export interface Opened {
	/** Undefined if the answer does not have the value. */
	readonly valueOf: (id: string, coordinate: string) => string | null | undefined;
	readonly isLoading: boolean;
	readonly error: unknown;
}

interface OpenedValuesProps {
	readonly lease: OwnLease;
	readonly reading: Reading;
	readonly children: (opened: Opened) => ReactNode;
}

/**
 * Reads content under the lease and shows it. The values live in this component alone: to close them, it is removed. It reads once: each
 * reading is charged to the budget and told to the firm.
 */
export function OpenedValues({ lease, reading, children }: OpenedValuesProps) {
	const { refresh } = useLeaseUse();
	const { document, variables, valuesOf } = reading;
	const { data, loading, error } = useContentQuery(document, { variables, lease: lease.id });
	const isAnswered = data !== undefined || error !== undefined;
	// The budget, and the end of the lease if it is used up.
	useEffect(() => {
		if (isAnswered) void refresh();
	}, [isAnswered, refresh]);
	const values = data === undefined ? [] : valuesOf(data);
	return children({
		valueOf: (id, coordinate) => values.find((each) => each.id === id && each.coordinate === coordinate)?.value,
		isLoading: loading,
		error: error ?? null,
	});
}
