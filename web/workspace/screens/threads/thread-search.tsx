import type { ThreadFilter, ThreadOrder } from '../../../kit/api/workspace.generated.ts';
import { SelectField } from '../../../kit/parts/index.ts';
import { ClientField } from '../../clients/index.ts';

interface Search {
	readonly order: ThreadOrder;
	readonly clientId: string;
	readonly sharedWithId: string;
}

export const NO_SEARCH: Search = { order: 'UPDATED_AT_DESC', clientId: '', sharedWithId: '' };

export const isNarrow = ({ clientId, sharedWithId }: Search): boolean => clientId !== '' || sharedWithId !== '';

export const filterOf = ({ clientId, sharedWithId }: Search): ThreadFilter => ({
	clientId: clientId || null,
	sharedWithId: sharedWithId || null,
});

const ORDERS: readonly (readonly [ThreadOrder, string])[] = [
	['UPDATED_AT_DESC', 'Latest message first'],
	['UPDATED_AT_ASC', 'Longest without a message first'],
	['CREATED_AT_DESC', 'Newest thread first'],
	['CREATED_AT_ASC', 'Oldest thread first'],
];

interface ThreadSearchProps {
	readonly search: Search;
	readonly onChange: (search: Search) => void;
}

/** Order and search by what is not encrypted: the client, and with whom a thread is shared. */
export const ThreadSearch = ({ search, onChange }: ThreadSearchProps) => (
	<search className="grid filters" aria-label="Order and filter">
		<SelectField
			label="Order"
			value={search.order}
			options={ORDERS}
			onChange={(order) => onChange({ ...search, order })}
		/>
		<ClientField
			label="About client"
			none="Any or none"
			value={search.clientId}
			onChange={(clientId) => onChange({ ...search, clientId })}
		/>
		<ClientField
			label="Shared with"
			none="Anyone or no one"
			value={search.sharedWithId}
			onChange={(sharedWithId) => onChange({ ...search, sharedWithId })}
		/>
	</search>
);
