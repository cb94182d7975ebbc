import { saveAs } from './download';

describe('saveAs', () => {
  it('has the browser save the content under its name', () => {
    const content = new Blob(['zip']);
    const createObjectURL = jest.fn(() => 'blob:orders');
    const revokeObjectURL = jest.fn();
    Object.assign(URL, { createObjectURL, revokeObjectURL });
    let clicked: HTMLAnchorElement | undefined;
    jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function click(this: HTMLAnchorElement) {
        clicked = this;
      });
    jest.useFakeTimers();

    saveAs('orders.zip', content);

    expect(createObjectURL).toHaveBeenCalledWith(content);
    expect(clicked?.download).toBe('orders.zip');
    expect(clicked?.href).toBe('blob:orders');
    expect(revokeObjectURL).not.toHaveBeenCalled();

    jest.runAllTimers();
    expect(revokeObjectURL).toHaveBeenCalledWith('blob:orders');
    jest.useRealTimers();
  });
});
