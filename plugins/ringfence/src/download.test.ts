import { saveAs } from './download';

describe('saveAs', () => {
  it('has the browser save the content under its name', () => {
    const content = new Blob(['zip']);
    const createObjectURL = jest.fn(() => 'blob:orders');
    const revokeObjectURL = jest.fn();
    Object.assign(URL, { createObjectURL, revokeObjectURL });
    const click = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockReturnValue(undefined);
    jest.useFakeTimers();

    saveAs('orders.zip', content);

    expect(createObjectURL).toHaveBeenCalledWith(content);
    expect(click.mock.contexts).toEqual([
      expect.objectContaining({
        download: 'orders.zip',
        href: 'blob:orders',
      }),
    ]);
    expect(revokeObjectURL).not.toHaveBeenCalled();

    jest.runAllTimers();
    expect(revokeObjectURL).toHaveBeenCalledWith('blob:orders');
    jest.useRealTimers();
  });
});
