import { useEffect, useState } from 'react';
import { visibleLine } from '../../../../kit/text/visible-line.ts';

interface ImagePreviewProps {
	readonly image: Blob;
	readonly name: string;
}

/** A small file can name a size that takes gigabytes once it is painted: this many pixels take 400 MB. */
const MOST_PIXELS = 100_000_000;

type State = 'READING' | 'SHOWN' | 'DAMAGED' | 'TOO_LARGE';

/** An image that the page itself has read and named the type of. It is painted only once its size is known. */
export function ImagePreview({ image, name }: ImagePreviewProps) {
	const [address, setAddress] = useState<string>();
	const [state, setState] = useState<State>('READING');
	useEffect(() => {
		const made = URL.createObjectURL(image);
		setAddress(made);
		return () => URL.revokeObjectURL(made);
	}, [image]);
	if (state === 'DAMAGED') return <p className="note warn">The image is damaged. Download the file to look at it.</p>;
	if (state === 'TOO_LARGE')
		return <p className="note warn">No preview: the image has more than 100 million pixels. Download it instead.</p>;
	if (address === undefined) return null;
	return (
		<img
			className="preview-image"
			hidden={state !== 'SHOWN'}
			src={address}
			alt={visibleLine(`Preview of ${name}`)}
			onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
				setState(naturalWidth * naturalHeight > MOST_PIXELS ? 'TOO_LARGE' : 'SHOWN')
			}
			onError={() => setState('DAMAGED')}
		/>
	);
}
