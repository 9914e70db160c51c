import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { expandRecords } from './expand-records.ts';
import type { PickedRecord } from './lease-draft.ts';

interface Expanded {
	/** Null: every record of the firm. */
	readonly records: readonly PickedRecord[] | null;
	readonly isLoading: boolean;
	readonly error: unknown;
	readonly retry: () => void;
}

/** What was picked on the screen, with the parts that have the content. */
export function useExpandedRecords(firmId: string, picked: readonly PickedRecord[] | null): Expanded {
	const client = useApolloClient();
	const [records, setRecords] = useState<readonly PickedRecord[] | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [attempt, setAttempt] = useState(0);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
	useEffect(() => {
		if (picked === null) return;
		let isGone = false;
		expandRecords(client, firmId, picked).then(
			(found) => isGone || setRecords(found),
			(failure: unknown) => isGone || setError(failure),
		);
		return () => {
			isGone = true;
		};
	}, [client, firmId, picked, attempt]);
	return {
		records,
		isLoading: picked !== null && records === null,
		error,
		retry() {
			setError(null);
			setAttempt(attempt + 1);
		},
	};
}
