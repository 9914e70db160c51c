import type { DocumentQuery } from '../../../../kit/api/operator.generated.ts';
import { Person } from '../../../../kit/parts/index.ts';
import { showBytes } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { type Column, RecordTable } from '../../../records/record-table.tsx';

type Version = NonNullable<DocumentQuery['document']>['versions'][number];

const COLUMNS: readonly Column<Version>[] = [
	{
		label: 'Size',
		cell: ({ byteSize }) => (byteSize === null ? 'not uploaded' : showBytes(byteSize)),
		isNumber: true,
	},
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

export const VersionTable = ({ versions }: { readonly versions: readonly Version[] }) => (
	<section className="stack tight" aria-label="Versions">
		<h3>Versions</h3>
		{versions.length === 0 ? (
			<p className="quiet">No version yet.</p>
		) : (
			<RecordTable
				caption="Versions"
				firstLabel="Version"
				rows={versions}
				columns={COLUMNS}
				nameOf={({ number }) => `Version ${number}`}
				hrefOf={() => null}
				selection={null}
			/>
		)}
	</section>
);
