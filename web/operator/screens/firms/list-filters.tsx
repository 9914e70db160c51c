import type { ReactNode } from 'react';
import { ClientsDocument } from '../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { Field } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { visibleLine } from '../../../kit/text/visible-line.ts';
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
			<div className="filters">
				<Select label="Order" value={view.order} onChange={(order) => onChange({ order })}>
					{Object.entries(orders).map(([order, says]) => (
						<option key={order} value={order}>
							{says}
						</option>
					))}
				</Select>
				{statuses && (
					<Select label="State" value={view.status} onChange={(status) => onChange({ status })}>
						<option value="">Any</option>
						{statuses.map((status) => (
							<option key={status} value={status}>
								{showConstant(status)}
							</option>
						))}
					</Select>
				)}
				{hasAuthor && (
					<Select label="Person" value={view.authorId} onChange={(authorId) => onChange({ authorId })}>
						<option value="">Anyone</option>
						{firm.members?.nodes.map(({ id, name }) => (
							<option key={id} value={id}>
								{visibleLine(name)}
							</option>
						))}
					</Select>
				)}
				{hasClient && (
					<ClientFilter firmId={firm.id} value={view.clientId} onChange={(clientId) => onChange({ clientId })} />
				)}
				<Day label={`${dayOf} from`} value={view.from} onChange={(from) => onChange({ from })} />
				<Day label={`${dayOf} to`} value={view.to} onChange={(to) => onChange({ to })} />
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

interface ControlProps {
	readonly label: string;
	readonly value: string;
	readonly onChange: (value: string) => void;
}

const Select = ({ label, value, onChange, children }: ControlProps & { readonly children: ReactNode }) => (
	<Field label={label}>
		{(control) => (
			<select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
				{children}
			</select>
		)}
	</Field>
);

const Day = ({ label, value, onChange }: ControlProps) => (
	<Field label={label}>
		{(control) => <input {...control} type="date" value={value} onChange={(event) => onChange(event.target.value)} />}
	</Field>
);

const MOST_CLIENTS = 500;

interface ClientFilterProps {
	readonly firmId: string;
	readonly value: string;
	readonly onChange: (clientId: string) => void;
}

function ClientFilter({ firmId, value, onChange }: ClientFilterProps) {
	const { data } = useContentQuery(ClientsDocument, { variables: { firmId, first: MOST_CLIENTS } });
	return (
		<Select label="Client" value={value} onChange={onChange}>
			<option value="">Any</option>
			{data?.clients.nodes.map(({ id, name }) => (
				<option key={id} value={id}>
					{visibleLine(name)}
				</option>
			))}
		</Select>
	);
}
