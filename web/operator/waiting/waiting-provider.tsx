import { type ReactNode, useCallback, useMemo } from 'react';
import { WaitingDocument } from '../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../kit/content/index.ts';
import { useLive } from '../../kit/events/use-live.ts';
import { useViewer } from '../viewer.ts';
import { type Waiting, WaitingContext, type WaitingFor, waitingFor } from './waiting.ts';

const KINDS = ['LEASE', 'ALERT', 'JOB', 'MEMBER'];
const NOTHING: WaitingFor = { requests: [], reviews: [], jobs: [], alerts: [], isCut: false };

/** Asks once for all screens what waits, and again when something has changed. */
export function WaitingProvider({ children }: { readonly children: ReactNode }) {
	const viewer = useViewer();
	const { data, error, loading, refetch } = useContentQuery(WaitingDocument, { variables: {} });
	const reload = useCallback(() => void refetch().catch(() => undefined), [refetch]);
	useLive(KINDS, refetch);
	const waiting = useMemo<Waiting>(
		() => ({
			...(data === undefined ? NOTHING : waitingFor(viewer, data, Date.now())),
			isLoading: loading && data === undefined,
			error: error ?? null,
			reload,
		}),
		[viewer, data, loading, error, reload],
	);
	return <WaitingContext value={waiting}>{children}</WaitingContext>;
}
