import { type SubmitEvent, useState } from 'react';
import { confirmLoss, Dialog, Field, useLeaveGuard } from '../../../kit/parts/index.ts';
import { showBytes } from '../../../kit/text/amounts.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { ClientField } from '../../clients/index.ts';
import { useUploads } from '../../uploads/index.ts';

interface NewDocumentsProps {
	readonly files: readonly File[];
	readonly onClose: () => void;
}

/** Asks what the chosen files are about, and begins to upload them. Each becomes a document. */
export function NewDocuments({ files, onClose }: NewDocumentsProps) {
	const { add } = useUploads();
	const [clientId, setClientId] = useState('');
	const [description, setDescription] = useState('');
	useLeaveGuard(description !== '');
	const label = files.length === 1 ? 'Upload this file' : `Upload ${files.length} files`;
	function submit(event: SubmitEvent) {
		event.preventDefault();
		add(files, { kind: 'DOCUMENT', clientId: clientId || null, description: description || null });
		onClose();
	}
	return (
		<Dialog title={label} onClose={() => confirmLoss(description !== '') && onClose()}>
			<form className="stack" onSubmit={submit}>
				<ul className="chosen">
					{files.map((file, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name, and the list does not change
						<li key={index}>
							<VisibleText text={file.name} /> <span className="quiet">{showBytes(file.size)}</span>
						</li>
					))}
				</ul>
				<p className="hint">
					The file and its description are encrypted. {files.length === 1 ? 'Its name is' : 'Their names are'} not: the
					platform can read {files.length === 1 ? 'it' : 'them'}.
				</p>
				<ClientField
					label="About client"
					value={clientId}
					onChange={setClientId}
					hint="This does not share anything: share a document on its page."
				/>
				<Field label="Description" hint={files.length > 1 ? 'The same for each file. Optional.' : 'Optional.'}>
					{(control) => (
						<textarea
							{...control}
							rows={3}
							value={description}
							onChange={({ target }) => setDescription(target.value)}
						/>
					)}
				</Field>
				<div className="row">
					<button type="submit" className="primary">
						Upload
					</button>
					<button type="button" onClick={() => confirmLoss(description !== '') && onClose()}>
						Cancel
					</button>
				</div>
			</form>
		</Dialog>
	);
}
