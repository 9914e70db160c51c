import { ClientsDocument } from '../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { DayField, SelectField } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { FindRecord } from './find/find-record.tsx';
import { useFirm } from './firm-context.ts';
import { isFiltered, type ListView } from './list-view.ts';

interface ListFiltersProps {
	readonly view: ListView;
	readonly onChange: (part: Partial<ListView>) => void;
	readonly orders: Readonly<Record<string, string>>;
	/** States that the list can be filtered by. */
	readonly statuses?: readonly string[];
	readonly hasClient?: boolean;
	readonly hasAuthor?: boolean;
	/** What the days are about, such as Created. */
	readonly dayOf?: string;
}

/** Order and filters of a list, by metadata only: content can't be searched. */
export function ListFilters(props: ListFiltersProps) {
	const { view, onChange, orders, statuses, hasClient = false, hasAuthor = true, dayOf = 'Created' } = props;
	const { firm } = useFirm();
	return (
		<>
			<FindRecord />
			<div className="grid filters">
				<SelectField
					label="Order"
					value={view.order}
					options={Object.entries(orders)}
					onChange={(order) => onChange({ order })}
				/>
				{statuses && (
					<SelectField
						label="State"
						value={view.status}
						options={statuses.map((status) => [status, showConstant(status)])}
						none="Any"
						onChange={(status) => onChange({ status })}
					/>
				)}
				{hasAuthor && (
					<SelectField
						label="Person"
						value={view.authorId}
						options={firm.members?.nodes.map(({ id, name }) => [id, name]) ?? []}
						none="Anyone"
						onChange={(authorId) => onChange({ authorId })}
					/>
				)}
				{hasClient && (
					<ClientFilter firmId={firm.id} value={view.clientId} onChange={(clientId) => onChange({ clientId })} />
				)}
				<DayField label={`${dayOf} from`} value={view.from} onChange={(from) => onChange({ from })} />
				<DayField label={`${dayOf} to`} value={view.to} onChange={(to) => onChange({ to })} />
				{isFiltered(view) && (
					<button
						type="button"
						className="plain"
						onClick={() => onChange({ status: '', clientId: '', authorId: '', from: '', to: '' })}
					>
						Clear filters
					</button>
				)}
			</div>
		</>
	);
}

const MOST_CLIENTS = 500;

interface ClientFilterProps {
	readonly firmId: string;
	readonly value: string;
	readonly onChange: (clientId: string) => void;
}

function ClientFilter({ firmId, value, onChange }: ClientFilterProps) {
	const { data } = useContentQuery(ClientsDocument, { variables: { firmId, first: MOST_CLIENTS } });
	return (
		<SelectField
			label="Client"
			value={value}
			options={data?.clients.nodes.map(({ id, name }) => [id, name]) ?? []}
			none="Any"
			onChange={onChange}
		/>
	);
}
