"""The network: strided convolutions over time, then one fully-connected layer."""

import numpy as np
import tensorflow as tf

from settings import Settings
from windows import Pool, preprocess, sliding
from streaming import ends


def build(settings: Settings) -> tf.keras.Model:
    """[window, 1, 6] → two logits."""
    layers = tf.keras.layers
    regularizer = tf.keras.regularizers.L2(settings.weight_decay)
    x = signal = layers.Input((settings.window, 1, 6))
    for channels, kernel, stride in settings.layers:
        x = layers.Conv2D(
            channels, (kernel, 1), (stride, 1), padding="same", use_bias=False,
            kernel_regularizer=regularizer,
        )(x)
        x = layers.BatchNormalization(momentum=0.95)(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(settings.dropout)(x)
    return tf.keras.Model(signal, layers.Dense(2, kernel_regularizer=regularizer)(x))


def margins(model: tf.keras.Model, windows: np.ndarray, settings: Settings) -> np.ndarray:
    """Logit of fall less that of daily, before calibration."""
    if not len(windows):
        return np.zeros(0)
    logits = model.predict(
        preprocess(windows, settings)[:, :, None], batch_size=1024, verbose=0
    )
    return logits[:, 1] - logits[:, 0]


def fit(recordings, settings: Settings, seed: int, log=lambda line: None) -> tf.keras.Model:
    """Trains on all windows of the recordings; the same seed gives the same network."""
    tf.keras.utils.set_random_seed(seed)
    pool, model = Pool(recordings, settings, seed), build(settings)
    schedule = tf.keras.optimizers.schedules.CosineDecay(
        settings.rate, settings.steps, warmup_target=settings.rate, warmup_steps=0
    )
    optimizer = tf.keras.optimizers.Adam(schedule, clipnorm=1.0)
    average = [tf.Variable(v, trainable=False) for v in model.weights]

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            target = tf.one_hot(y, 2) * (1 - settings.smoothing) + settings.smoothing / 2
            loss = tf.reduce_mean(
                tf.nn.softmax_cross_entropy_with_logits(target, model(x, training=True))
            ) + tf.add_n(model.losses)
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        for kept, now in zip(average, model.weights):
            kept.assign(kept + (1 - settings.decay) * (now - kept))
        return loss

    for index in range(settings.steps):
        if index and index % 250 == 0:
            mine(pool, model, settings)
        windows, labels = pool.batch(settings.batch)
        loss = step(preprocess(windows, settings)[:, :, None], labels)
        if index % 250 == 0:
            log(f"step {index} loss {float(loss):.4f} hard {len(pool.hard[0])}")
    for weight, kept in zip(model.weights, average):
        weight.assign(kept)
    # No single step has seen the statistics that the averaged weights give.
    for _ in range(80):
        model(preprocess(pool.batch(settings.batch)[0], settings)[:, :, None], training=True)
    return model


def mine(pool: Pool, model: tf.keras.Model, settings: Settings) -> None:
    """Keeps the 400 windows of daily life that look most like a fall."""
    which, at, score = [], [], []
    for index in pool.daily:
        samples = pool.recordings[index].samples
        end = ends(len(samples), settings.window, 5)
        which.append(np.full(len(end), index))
        at.append(end)
        score.append(sliding(samples, end, settings.window))
    which, at = np.concatenate(which), np.concatenate(at)
    worst = np.argsort(-margins(model, np.concatenate(score), settings))[:400]
    pool.hard = (which[worst], at[worst])
