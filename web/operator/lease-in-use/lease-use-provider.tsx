import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { OwnLeasesDocument } from '../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../kit/content/index.ts';
import { useEvents } from '../../kit/kit-context.ts';
import { useIsOver } from '../../kit/use-is-over.ts';
import { useViewer } from '../viewer.ts';
import { type LeaseUse, LeaseUseContext } from './lease-in-use.ts';
import type { OwnLease } from './own-lease.ts';
import { useIsOffline } from './use-is-offline.ts';

const KINDS = ['LEASE'];
/** Milliseconds for which the values that used up a budget may be read. */
const READING_TIME = 60_000;

/** Knows the person's own leases and which of them is in use. The choice lives in memory: a reloaded page opens nothing. */
export function LeaseUseProvider({ children }: { readonly children: ReactNode }) {
	const viewer = useViewer();
	const mayAsk = viewer.operatorRoles.includes('OPERATOR');
	const [chosenId, setChosenId] = useState<string | null>(null);
	const { data, error, loading, refetch } = useContentQuery(OwnLeasesDocument, {
		variables: { viewerId: viewer.id },
		isIdle: !mayAsk,
	});
	const refresh = useCallback(async () => {
		// The query itself holds what went wrong; until it succeeds, no lease is in use.
		if (mayAsk) await refetch().catch(() => undefined);
	}, [mayAsk, refetch]);
	useEvents(
		KINDS,
		useCallback(() => void refresh(), [refresh]),
	);
	const own = data?.breakGlassLeases.nodes ?? NONE;
	const chosen = own.find(({ id }) => id === chosenId) ?? null;
	const isTimeOver = useIsOver(chosen?.state === 'EXHAUSTED' ? endOfReading(chosen) : (chosen?.expiresAt ?? null));
	const isOffline = useIsOffline();
	const isOpenState = chosen?.state === 'ACTIVE' || chosen?.state === 'EXHAUSTED';
	const isInUse = isOpenState && chosen.expiresAt !== null && !isTimeOver && !isOffline;
	const closing = chosen?.state !== 'ACTIVE' || isInUse ? null : isTimeOver ? 'TIME' : 'OFFLINE';
	const use = useMemo<LeaseUse>(
		() => ({
			own,
			error: error ?? null,
			isLoading: loading && data === undefined,
			refresh,
			chosen,
			inUse: isInUse ? chosen : null,
			mayOpen: isInUse && chosen.state === 'ACTIVE',
			closing,
			choose: setChosenId,
		}),
		[own, error, loading, data, refresh, chosen, isInUse, closing],
	);
	return <LeaseUseContext value={use}>{children}</LeaseUseContext>;
}

const NONE: readonly OwnLease[] = [];

/** The value that used up the budget can be read for a moment, and never for longer than the lease's own time. */
const endOfReading = ({ endedAt, expiresAt }: OwnLease): string | null =>
	endedAt === null || expiresAt === null
		? expiresAt
		: new Date(Math.min(Date.parse(endedAt) + READING_TIME, Date.parse(expiresAt))).toISOString();
