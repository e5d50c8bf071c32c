FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
# Where pip finds PyTorch's CPU build, if your package index does not offer it.
ARG TORCH_INDEX=
ARG TORCH_VERSION=2.13.0

# llama.cpp's wheel wants the system's OpenMP library; it writes the replies of shops that set a temperature.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 frontdesk && mkdir -p /app/models /app/data && chown -R frontdesk /app
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY scripts/install.sh scripts/
COPY retrieval retrieval
COPY generation generation
COPY bot bot
RUN TORCH_INDEX="$TORCH_INDEX" TORCH_VERSION="$TORCH_VERSION" sh scripts/install.sh /opt/venv .
ENV PATH=/opt/venv/bin:$PATH
USER frontdesk
EXPOSE 8080
CMD ["frontdesk", "serve"]
