import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { FirmsDocument } from '../../kit/api/operator.generated.ts';

/** A page of the list: a platform with more firms shows the ids of the others. */
const MOST = 200;

interface FirmNames {
	readonly firms: readonly { readonly id: string; readonly name: string }[];
	/** Null if the firm is not among the first. */
	readonly nameOf: (id: string) => string | null;
}

/** The firms' names, for what knows a firm by its id only. */
export function useFirmNames(): FirmNames {
	const { data } = useQuery(FirmsDocument, { variables: { first: MOST } });
	return useMemo(() => {
		const firms = data?.firms.nodes ?? [];
		const names = new Map(firms.map(({ id, name }) => [id, name]));
		return { firms, nameOf: (id) => names.get(id) ?? null };
	}, [data]);
}
