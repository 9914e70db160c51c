import { Fact } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { FirmLink, useFirmNames } from '../../firms/index.ts';
import { AccountOf, useRecentLeases } from '../../recent-leases/index.ts';
import type { Entry } from './entry-page.tsx';

/** Everything that an entry says. */
export function EntryFacts({ entry }: { readonly entry: Entry }) {
	const { nameOf } = useFirmNames();
	const { people } = useRecentLeases();
	const { firmId, leaseId, reason, keys, index } = entry;
	return (
		<dl className="facts card">
			<Fact name="Action">
				<Mono text={entry.action} />
			</Fact>
			<Fact name="When">
				<Time at={entry.at} show="second" />
			</Fact>
			<Fact name="Firm">{firmId === null ? 'The installation' : <FirmLink id={firmId} name={nameOf(firmId)} />}</Fact>
			<Fact name="Account">
				{entry.actorId === null ? 'The program itself' : <AccountOf id={entry.actorId} people={people} />}{' '}
				{entry.actorRoles.length > 0 && `(${entry.actorRoles.map(showConstant).join(', ')})`}
			</Fact>
			<Fact name="Part of the program">
				<VisibleText text={entry.plane} />
			</Fact>
			{reason !== null && (
				<Fact name="Why not">
					<VisibleText text={showConstant(reason)} /> <Mono text={reason} />
				</Fact>
			)}
			{leaseId !== null && (
				<Fact name="Lease">
					<a href={`#/leases/${leaseId}`} className="mono">
						{leaseId}
					</a>
				</Fact>
			)}
			{entry.coordinates.length > 0 && (
				<Fact name="Fields">
					<Mono text={entry.coordinates.join(', ')} />
				</Fact>
			)}
			{entry.recordIds.length > 0 && (
				<Fact name="Records">
					<Mono text={entry.recordIds.join(', ')} />
				</Fact>
			)}
			{keys.length > 0 && (
				<Fact name="Keys">
					{keys
						.map(
							({ class: of, version, source }) =>
								`${showConstant(of)}, version ${version}, from the ${source === 'CACHE' ? 'cache' : 'key service'}`,
						)
						.join('; ')}
				</Fact>
			)}
			{entry.requestId !== null && (
				<Fact name="Request">
					<Mono text={entry.requestId} />
				</Fact>
			)}
			{entry.documentHash !== null && (
				<Fact name="Hash of the document">
					<Mono text={entry.documentHash} />
				</Fact>
			)}
			<Fact name="Process">
				<Mono text={entry.bootId} />, entry {entry.sequence.toLocaleString()}
			</Fact>
			<Fact name="Place in the log">
				{index === null
					? 'Not published yet: within seconds it will be'
					: `Entry ${(index + 1).toLocaleString()} of its tree`}
			</Fact>
		</dl>
	);
}

const Mono = ({ text }: { readonly text: string }) => (
	<span className="mono">
		<VisibleText text={text} />
	</span>
);
