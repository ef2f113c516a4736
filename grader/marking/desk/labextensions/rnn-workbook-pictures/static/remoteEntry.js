// JupyterLab draws a stored picture without its alternative text, and a slider's handle without its name.
// Written by hand, so that nothing need be built: JupyterLab asks a container like this for its modules.
(() => {
  const name = "rnn-workbook-pictures";
  const kind = "image/png";
  let shared;

  // the factory of pictures, whose pictures have the alternative text in the output's metadata
  const described = (factory) => ({
    ...factory,
    createRenderer: (options) => {
      const picture = factory.createRenderer(options);
      const render = picture.renderModel.bind(picture);
      picture.renderModel = async (model) => {
        await render(model);
        const text = model.metadata[kind]?.alt;
        const drawn = picture.node.querySelector("img");
        if (drawn && typeof text === "string") drawn.alt = text;
      };
      return picture;
    },
  });

  const nameHandle = ({ target }) => {
    const label = target.matches?.(".noUi-handle") && target.closest(".widget-slider")?.querySelector("label");
    if (label) target.ariaLabel = label.textContent || label.title;
  };

  const activate = (app, registry) => {
    const factory = registry.getFactory(kind);
    registry.addFactory(described(factory), factory.defaultRank);
    document.addEventListener("focusin", nameHandle);
  };

  const extension = async () => {
    const [rendermime] = Object.values(shared["@jupyterlab/rendermime"]);
    const { IRenderMimeRegistry } = (await rendermime.get())();
    const plugin = { id: `${name}:plugin`, autoStart: true, requires: [IRenderMimeRegistry], activate };
    return () => ({ __esModule: true, default: plugin });
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[name] = { init: (scope) => void (shared = scope), get: extension };
})();
