import { useApolloClient, useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { failureOf } from '../../kit/api/index.ts';
import {
	OwnLeasesDocument,
	RequestBreakGlassDocument,
	type RequestBreakGlassInput,
} from '../../kit/api/operator.generated.ts';
import type { OwnLease } from '../lease-in-use/index.ts';
import { useViewer } from '../viewer.ts';

type Sent = Pick<OwnLease, 'id' | 'ticket'>;

/** Own requests among which one with a lost answer is looked for. */
const LATEST = 5;

/** Sends a request once: if its answer is lost, it looks whether the request arrived, since each one tells the owners of the firm. */
export function useSendRequest(firmId: string) {
	const client = useApolloClient();
	const { id: viewerId } = useViewer();
	const [request, { loading }] = useMutation(RequestBreakGlassDocument);
	const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
	const [isSending, setSending] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const latest = async (): Promise<readonly OwnLease[]> => {
		const variables = { viewerId, firmId, first: LATEST };
		const { data } = await client.query({ query: OwnLeasesDocument, variables });
		return data?.breakGlassLeases.nodes ?? [];
	};
	/** The request of an earlier attempt whose answer was lost; null if it did not arrive. */
	async function findArrived(before: ReadonlySet<string>, input: RequestBreakGlassInput): Promise<Sent | null> {
		const isSame = ({ id, ticket, reason }: OwnLease) =>
			!before.has(id) && ticket === input.ticket && reason === input.reason;
		return (await latest()).find(isSame) ?? null;
	}
	async function sendOrFind(input: RequestBreakGlassInput): Promise<Sent | null> {
		if (known !== null) {
			const arrived = await findArrived(known, input);
			if (arrived) return arrived;
		}
		const before = known ?? new Set((await latest()).map(({ id }) => id));
		setKnown(before);
		try {
			const { data } = await request({ variables: { input } });
			return data?.requestBreakGlass?.lease ?? null;
		} catch (failure) {
			const arrived = failureOf(failure).code === 'NETWORK' ? await findArrived(before, input).catch(() => null) : null;
			if (arrived) return arrived;
			throw failure;
		}
	}
	/** Null if it failed: `error` then says why. */
	async function send(input: RequestBreakGlassInput): Promise<Sent | null> {
		setError(null);
		setSending(true);
		try {
			return await sendOrFind(input);
		} catch (failure) {
			setError(failure);
			return null;
		} finally {
			setSending(false);
		}
	}
	return { send, isSending: isSending || loading, error };
}
